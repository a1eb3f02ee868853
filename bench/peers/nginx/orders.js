// njs: what nginx does of the gate's work for the operations that the benchmark calls, written by hand. Runs in njs 0.7
// and newer, which knows ES5 and a little of what came later.
const REFERENCE = /^PO-[0-9]{4}-[0-9]{6}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SKU = /^part-[0-9]{4,6}$/;

const ORDER = ['id', 'reference', 'currency', 'state', 'created', 'total', 'lines'];
const LINE = ['sku', 'description', 'quantity', 'price', 'shipped'];
const ITEM = ['id', 'sku', 'state', 'quantity', 'price', 'note'];
const CREATED = ['id', 'reference', 'state'];

function keep(value, names) {
  const kept = {};
  names.forEach((name) => {
    if (value[name] !== undefined) kept[name] = value[name];
  });
  return kept;
}

function isText(value, least, most) {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

function isWhole(value, least, most) {
  return typeof value === 'number' && value % 1 === 0 && value >= least && value <= most;
}

function isNewLine(line) {
  return (
    typeof line === 'object' &&
    line !== null &&
    Object.keys(line).every((name) => name === 'sku' || name === 'quantity' || name === 'note') &&
    isText(line.sku, 1, 40) &&
    isWhole(line.quantity, 1, 100000) &&
    (line.note === undefined || isText(line.note, 0, 200))
  );
}

function isNewOrder(order) {
  return (
    typeof order === 'object' &&
    order !== null &&
    Object.keys(order).every((name) => name === 'reference' || name === 'currency' || name === 'lines') &&
    typeof order.reference === 'string' &&
    REFERENCE.test(order.reference) &&
    (order.currency === undefined || isText(order.currency, 3, 3)) &&
    Array.isArray(order.lines) &&
    order.lines.length >= 1 &&
    order.lines.length <= 100 &&
    order.lines.every(isNewLine)
  );
}

function trimOrder(order) {
  const fits =
    UUID.test(order.id) &&
    typeof order.reference === 'string' &&
    typeof order.total === 'number' &&
    Array.isArray(order.lines) &&
    order.lines.length <= 100 &&
    order.lines.every((line) => isText(line.sku, 0, 40) && isWhole(line.quantity, 0, 9e15) && line.price >= 0);
  if (!fits) return null;
  const kept = keep(order, ORDER);
  kept.lines = order.lines.map((line) => keep(line, LINE));
  return kept;
}

function trimItems(body) {
  const fits = Array.isArray(body.items) && body.items.every((item) => UUID.test(item.id) && SKU.test(item.sku));
  return fits ? { items: body.items.map((item) => keep(item, ITEM)) } : null;
}

function trimCreated(body) {
  return UUID.test(body.id) ? keep(body, CREATED) : null;
}

function trimFor(uri) {
  if (uri.indexOf('/api/orders/') === 0) return trimOrder;
  if (uri.indexOf('/api/closed/') === 0) return trimItems;
  return uri === '/api/orders' ? trimCreated : null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (_) {
    return null;
  }
}

function handle(r) {
  const trim = trimFor(r.uri);
  if (trim === null) return r.return(404);
  const options = { method: r.method };
  if (r.method === 'POST') {
    if (!isNewOrder(parse(r.requestText))) return r.return(422);
    options.body = r.requestText;
  } else if (r.uri.indexOf('/api/orders/') === 0) {
    if (!UUID.test(r.uri.slice('/api/orders/'.length))) return r.return(422);
    const view = r.args.view;
    if (view !== undefined && view !== 'full' && view !== 'short') return r.return(422);
    options.args = view === undefined ? '' : `view=${view}`;
  }
  r.subrequest(r.uri.replace('/api/', '/upstream/'), options, (reply) => {
    const body = parse(reply.responseText);
    const kept = body === null ? null : trim(body);
    if (kept === null) return r.return(502);
    r.headersOut['Content-Type'] = 'application/json';
    return r.return(reply.status, JSON.stringify(kept));
  });
}

export default { handle };
