/**
 * A service as a process, for tests that kill it: it answers a GET in full, and of the answer to a POST gives half.
 * Prints its port, then `half` whenever half an answer is out. Argument: the port, 0 for any.
 */
import { type AddressInfo, createServer } from 'node:net';

const GET_BODY = '{"orders":[]}';

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ';
    if (chunk.toString('latin1').startsWith('GET ')) {
      socket.write(`${head}${GET_BODY.length}\r\n\r\n${GET_BODY}`);
      return;
    }
    socket.write(`${head.replace('200', '201')}99\r\n\r\n{"item":"bo`, () => process.stdout.write('half\n'));
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
