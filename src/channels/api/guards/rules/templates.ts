/** Text that template engines and expression languages evaluate. */
import { byteAt, type InspectedText, patternRule, type Rule } from '../rule.ts';

/** Whether something like a template's beginning stands before, in the same line and not ended yet. */
function isInTemplate(text: InspectedText, at: number): boolean {
  for (let back = at - 1; back >= at - 96; back--) {
    const byte = byteAt(text, back);
    if (byte === 0x7b || byte === 0x25) return true;
    if (byte === 0 || byte === 0x7d || byte === 0x0a) return false;
  }
  return false;
}

export const TEMPLATE_RULES: readonly Rule[] = [
  patternRule({
    id: 'log4shell',
    guard: 'attacks',
    anchors: ['${jndi', '${${', ':-j}', ':-n}', ':-}', '${lower:', '${upper:', '${::-'],
    // A lookup inside a lookup, or one that stands for a single letter, is there to hide which one it is.
    pattern:
      /\$\{(?:jndi:|\$\{[a-z:]{0,12}:|(?:lower|upper):(?:[a-z]|\$\{[^}]{1,24}\})\}|(?:::|[a-z]{2,8}:[^}]{0,16}:)-[a-z:]?\})/i,
    before: 20,
    behind: 64,
  }),
  patternRule({
    id: 'template-sum',
    guard: 'attacks',
    anchors: ['{{', '${', '#{', '<%', '*{', '@{', '~{'],
    pattern:
      /(?:(?:\{\{|[#*@~]\{|<%=?)[-=]?\s{0,3}(['"]?)[0-9]{1,9}\1\s{0,2}[*+/-]|\$\{\s{0,3}[0-9]{1,9}\s{0,2}\*)\s{0,2}['"]?[0-9]{1,9}['"]?\s{0,3}(?:\}|%>)/,
    behind: 40,
  }),
  patternRule({
    id: 'template-expression',
    guard: 'attacks',
    anchors: [
      '__',
      't(java',
      'java.lang.',
      'getruntime',
      'processbuilder',
      'constructor',
      '[].class',
      '"".class',
      "''.class",
      'freemarker.template',
      'request.application',
      'config.items(',
      'getclass(',
      '_memberaccess',
      '#context',
      '@java',
      'exec(',
      'system(',
      'popen',
      'file_get_contents(',
    ],
    pattern:
      /(?:\{\{|[$#*@~]\{|<%=?)[^}\n]{0,80}(?:__(?:class|mro|subclasses|globals|builtins|init|import|base)__|T\(java|java\.lang\.|getRuntime|ProcessBuilder|\.constructor\s?\(|constructor\.constructor|(?:\[\]|""|'')\.class|freemarker\.template|request\.application|config\.items\(|getClass\(\)|#(?:_memberAccess|context\b)|@java|exec\(|system\(|popen|file_get_contents\()/,
    before: 96,
    behind: 32,
    near: isInTemplate,
  }),
  patternRule({
    id: 'template-object',
    guard: 'attacks',
    anchors: [
      '__subclasses__',
      '__globals__',
      '__builtins__',
      'freemarker.template.utility',
      '?new()',
      '#set(',
      '#set (',
      'class.inspect',
      '_memberaccess',
      'processbuilder',
      '.getruntime(',
    ],
    pattern:
      /\.__class__(?:\.__\w{3,12}__|\[)|\.__subclasses__\s?\(|\.__(?:globals|builtins)__\s?(?:\[|\.\w)|freemarker\.template\.utility\.|\?new\(\)|#set\s?\(\s{0,2}\$\w{1,20}\s{0,2}=\s{0,2}[^)]{0,60}(?:class|\$)|\.class\.inspect\(|#_memberAccess|(?:Runtime|runtime)[^\s]{0,24}\.getRuntime\(\)\.exec/,
    before: 80,
    behind: 128,
  }),
];
