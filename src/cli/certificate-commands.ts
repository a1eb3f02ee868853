/** The commands about certificates of machines. */
import { type Command, InvalidArgumentError } from 'commander';
import type { IssueView } from './certificate-actions.ts';
import type { CommandContext } from './commands.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { json } from './json.ts';
import { printable } from './printable.ts';
import type { CliIo } from './terminal.ts';
import { SOCKET } from './watch-commands.ts';

export function addCertificateCommands(context: CommandContext): void {
  const certificate = context.program.command('certificate').description("certificates for partners' machines");
  addIssue(context, certificate);
}

interface IssueFlags {
  readonly machine: string;
  readonly request: string;
  readonly uri?: string;
  readonly out?: string;
  readonly socket?: string;
}

function machineName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('A machine is lower-case letters, digits and hyphens, such as acme-erp.');
}

function addIssue({ actions, io, handle }: CommandContext, certificate: Command): void {
  certificate
    .command('issue')
    .description('have the CA of the running gate certify the key of a request (PKCS #10)')
    .requiredOption('--machine <name>', 'a machine of the plan in force', machineName)
    .requiredOption('--request <file>', 'the request, PEM or DER; its names are passed over')
    .option('--uri <uri>', 'of the credential that is meant, where the machine has several')
    .option('--out <file>', 'a file to be made; by default the certificate is printed')
    .option(...SOCKET)
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  sallyport certificate issue --machine acme-erp --request acme-erp.csr --out acme-erp.pem\n\n' +
        'The exit code is 0 for a certificate, 1 where it is refused, 3 where the gate cannot be reached,\n' +
        'or cannot issue or record now.',
    )
    .action(
      handle(async (options, { machine, request, uri, out, socket }: IssueFlags) => {
        const view = await actions.certificateIssue({
          ...options,
          machine,
          request,
          uri: uri ?? null,
          out: out ?? null,
          socket: socket ?? null,
        });
        if (options.json) io.stdout.write(json(view.ok ? view : { ok: false, code: view.code, reason: view.reason }));
        else showIssue(view, io);
        return exitCodeOf(view);
      }),
    );
}

function exitCodeOf(view: IssueView): ExitCode {
  if (view.ok) return EXIT.GOOD;
  return view.again ? EXIT.UNFINISHED : EXIT.REFUSED;
}

/** The certificate goes to stdout, so that it can be piped; what is said of it does not. */
function showIssue(view: IssueView, { stdout, stderr }: CliIo): void {
  if (!view.ok) {
    const { code, reason } = printable(view);
    return stderr.write(`no certificate was issued (${code}): ${reason}\n`);
  }
  const { machine, party, uri, serial, not_after_ms, file, ignored } = printable(view);
  if (ignored.length > 0) stderr.write(`what the request says of itself was passed over: ${ignored.join(', ')}\n`);
  const until = new Date(not_after_ms).toISOString().slice(0, 16).replace('T', ' ');
  stderr.write(`certified ${machine} of ${party} as ${uri}, serial ${serial}, until ${until} UTC\n`);
  if (file === null) stdout.write(view.certificate);
  else stderr.write(`written to ${file}\n`);
}
