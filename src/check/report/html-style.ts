/** How the page looks: light and dark by the reader's choice, on paper too. No font, no picture, nothing from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1d2126;--soft:#555d66;--line:#dcdee1;--link:#0b5394;--code:#f1f2f3;
--fail:#a61b12;--fail-bg:#fdecea;--warn:#734600;--warn-bg:#fdf3da;--pass:#12633a;--pass-bg:#e7f5ec;--open:#1b5480;--open-bg:#e6f1fa;--none:#4d555e;--none-bg:#eceef0}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e8eaec;--soft:#a9b1ba;--line:#343a41;--link:#8ec5f5;--code:#262b30;
--fail:#ffa198;--fail-bg:#431d1a;--warn:#f3c974;--warn-bg:#3b2d0d;--pass:#84dba6;--pass-bg:#143323;--open:#94cbf4;--open-bg:#16324a;--none:#b4bbc3;--none-bg:#2b3036}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:58rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
main{padding-bottom:1rem}
footer{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance}
h1{font-size:1.9rem;letter-spacing:-.015em;margin:.35rem 0 .5rem}
h2{font-size:1.35rem}
h3{font-size:1rem;margin:1.75rem 0 .75rem}
h4{font-size:1.05rem;margin:.5rem 0}
p{margin:.4rem 0}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2rem}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:1}
.soft{color:var(--soft)}
.over{color:var(--soft);font-weight:600;margin:0}
.lead{font-size:1.1rem;max-width:44rem}
.about{display:flex;flex-wrap:wrap;gap:.25rem 1.75rem;margin:1rem 0 0;color:var(--soft);font-size:.9rem}
.about div{display:flex;gap:.4rem}
.about dt{font-weight:600}
.about dd{margin:0}
.group{margin-top:1.25rem}.group p{color:var(--soft);font-size:.9rem;font-weight:600}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.75rem;list-style:none;margin:0;padding:0}
.counts li{border:1px solid var(--line);border-radius:.6rem;background:var(--card);padding:.7rem .9rem;font-size:.9rem;color:var(--soft);line-height:1.35}
.counts b{display:block;font-size:1.55rem;line-height:1.2;color:var(--ink);font-variant-numeric:tabular-nums}
.counts .fail b{color:var(--fail)}.counts .warn b{color:var(--warn)}.counts .open b{color:var(--open)}.counts .pass b{color:var(--pass)}
section{background:var(--card);border:1px solid var(--line);border-radius:.8rem;padding:1.5rem;margin:1.5rem 0;scroll-margin-top:1rem;box-shadow:0 1px 2px #0000000a}
.title{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:center}
.badge{display:inline-block;border-radius:1rem;padding:.1rem .65rem;font-size:.825rem;font-weight:600;white-space:nowrap;color:var(--none);background:var(--none-bg)}
.badge.fail{color:var(--fail);background:var(--fail-bg)}.badge.warn{color:var(--warn);background:var(--warn-bg)}
.badge.pass{color:var(--pass);background:var(--pass-bg)}.badge.open{color:var(--open);background:var(--open-bg)}
article{border-top:1px solid var(--line);padding:1.1rem 0}
h3+article{border-top:0;padding-top:0}
article:last-of-type{padding-bottom:.25rem}
.what{display:grid;grid-template-columns:8rem 1fr;gap:.35rem 1rem;margin:.75rem 0}
.what dt{color:var(--soft);font-size:.9rem}
.what dd{margin:0;min-width:0}
ul.facts{margin:0;padding:0;list-style:none}
code,pre,.mono{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
.remedies{display:grid;gap:.6rem;margin:0}
.remedies dt{font-size:.85rem;font-weight:600;color:var(--soft);margin-bottom:.2rem}
.remedies dd{margin:0}
pre{margin:0;background:var(--code);border-radius:.4rem;padding:.6rem .8rem;white-space:pre-wrap;user-select:all;-webkit-user-select:all}
details{border-top:1px solid var(--line);padding:.35rem 0}
article details{border:0;padding:0}
summary{cursor:pointer;padding:.45rem 0;font-weight:600}
article summary{color:var(--link);font-weight:400}
details>:last-child{margin-bottom:.6rem}
table{width:100%;border-collapse:collapse;font-size:.925rem}
caption{text-align:left;color:var(--soft);padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.85rem;overflow-wrap:normal}
tr:last-child>*{border-bottom:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:.25rem;padding-left:.5rem}
.tree,.tree dl{display:grid;grid-template-columns:minmax(7rem,13rem) 1fr;gap:.3rem 1rem;margin:.25rem 0}
.tree dt{color:var(--soft)}
.tree dd{margin:0;min-width:0}
.tree .parts{grid-column:1/-1}.tree dd.parts{padding-left:1rem;border-left:2px solid var(--line)}
.tree ol{margin:0;padding-left:1.4rem}
@media (max-width:36rem){header,main,footer{padding-left:.9rem;padding-right:.9rem}header{padding-top:1.5rem}section{padding:1.1rem .95rem}h1{font-size:1.5rem}
.what,.tree,.tree dl{grid-template-columns:1fr;gap:.1rem}.what dd,.tree dd{margin-bottom:.5rem}.counts{grid-template-columns:repeat(auto-fit,minmax(6.2rem,1fr));gap:.5rem}.counts li{padding:.55rem .65rem;font-size:.825rem}.counts b{font-size:1.35rem}
th,td{padding-right:.5rem}.wide{display:none}thead th{font-size:.78rem}.about{flex-direction:column}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--link:#000;--code:#f3f3f3;
--fail:#a61b12;--fail-bg:#fff;--warn:#734600;--warn-bg:#fff;--pass:#12633a;--pass-bg:#fff;--open:#1b5480;--open-bg:#fff;--none:#4d555e;--none-bg:#fff}
body{font-size:10pt}header,main,footer{max-width:none;padding-left:0;padding-right:0}.skip{display:none}
section{box-shadow:none;border-radius:0;border-width:1px 0 0;padding:1rem 0;margin:1rem 0}
.badge{border:1px solid;padding:0 .5rem}article,tr,pre,.counts{break-inside:avoid}h2,h3,h4,summary{break-after:avoid}
details::details-content{content-visibility:visible;display:block;block-size:auto}summary{list-style:none}
a[href^="http"]::after{content:" <" attr(href) ">";color:var(--soft);font-size:.85em}}
`;
