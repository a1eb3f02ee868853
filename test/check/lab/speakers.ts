/** Servers of mailboxes, files, directories and messages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabServer } from './process.ts';
import { type ClearSetUp, giveToNobody, serverUser, startUnprivileged } from './unprivileged.ts';

function configured(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  giveToNobody(folder);
  return file;
}

/** Login processes take more than one client each, as under load, and nothing is put into a root of its own, which only root can. */
export function startDovecot(protocol: 'imap' | 'pop3', { folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const { user, group } = serverUser();
  const ssl = tls === null ? ['ssl = no'] : ['ssl = yes', `ssl_cert = <${tls.cert}`, `ssl_key = <${tls.key}`];
  const text = `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = ${protocol}
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
mail_location = maildir:${folder}/mail
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service ${protocol}-login {
  chroot =
  service_count = 0
  inet_listener ${protocol} {
    port = ${port}
  }
  inet_listener ${protocol}s {
    port = 0
  }
}
${ssl.join('\n')}
`;
  const args = ['-F', '-c', configured(folder, 'dovecot.conf', text)];
  return startUnprivileged({ program: 'dovecot', args, port, folder, env: {} });
}

export function startVsftpd({ folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const ssl = tls === null ? [] : ['ssl_enable=YES', `rsa_cert_file=${tls.cert}`, `rsa_private_key_file=${tls.key}`];
  const text = `listen=YES
listen_address=127.0.0.1
listen_port=${port}
background=NO
run_as_launching_user=YES
anonymous_enable=NO
local_enable=YES
secure_chroot_dir=${empty}
vsftpd_log_file=${folder}/vsftpd.log
${ssl.join('\n')}
`;
  const args = [configured(folder, 'vsftpd.conf', text)];
  return startUnprivileged({ program: 'vsftpd', args, port, folder, env: {} });
}

/** Debian's is built with GnuTLS. It needs no database to say who it is. */
export function startSlapd({ folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const text = `pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
${tls === null ? '' : `TLSCertificateFile ${tls.cert}\nTLSCertificateKeyFile ${tls.key}`}
`;
  const args = ['-d', '0', '-h', `ldap://127.0.0.1:${port}/`, '-f', configured(folder, 'slapd.conf', text)];
  return startUnprivileged({ program: 'slapd', args, port, folder, env: {} });
}

/** For clients or for other servers, which without TLS are known by dialback alone. Who asks must name a host it serves. */
export function startProsody(kind: 'c2s' | 's2s', { folder, port, tls }: ClearSetUp): Promise<LabServer> {
  const other = kind === 'c2s' ? 's2s' : 'c2s';
  const ssl = tls === null ? '' : `  ssl = { certificate = "${tls.cert}"; key = "${tls.key}" }`;
  const text = `pidfile = "${folder}/prosody.pid"
data_path = "${folder}"
certificates = "${folder}"
log = { warn = "*console" }
interfaces = { "127.0.0.1" }
${kind}_ports = { ${port} }
modules_enabled = { "saslauth", "dialback"${tls === null ? '' : ', "tls"'} }
modules_disabled = { "${other}"${tls === null ? ', "tls"' : ''} }
${kind}_require_encryption = ${tls !== null}
VirtualHost "localhost"
${ssl}
`;
  const args = ['-F', '--config', configured(folder, 'prosody.cfg.lua', text)];
  return startUnprivileged({ program: 'prosody', args, port, folder, env: {} });
}
