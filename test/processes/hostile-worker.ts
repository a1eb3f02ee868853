/** A worker that was taken over: it writes whatever stands in its environment to its supervisor, byte for byte. */
import { Socket } from 'node:net';

const supervisor = new Socket({ fd: 3 });
const flood = Buffer.alloc(1024 * 1024, process.env['FLOOD'] ?? '[');
supervisor.on('error', () => undefined);
supervisor.resume();
supervisor.write(Buffer.from(process.env['RAW'] ?? '', 'latin1'));
for (let mebibytes = Number(process.env['FLOOD_MIB'] ?? 0); mebibytes > 0; mebibytes--) supervisor.write(flood);
supervisor.write('\n{"say":"notice","text":"all is said","level":"info"}\n');
supervisor.on('close', () => process.exit(0));
