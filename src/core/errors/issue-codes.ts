/** The closed union of codes with which a certificate is refused, each with its meaning for docs/errors.md. */
export const ISSUE_CODES = {
  ISSUE_REQUEST: 'The file is not one PKCS #10 request, DER or PEM, of at most 32 KiB; or a private key stands in it.',
  ISSUE_PROOF:
    'The signature of the request does not verify, or uses an unaccepted algorithm: nobody has proven to hold the key.',
  ISSUE_KEY: 'The key is too weak, of an unaccepted type, no point of its curve, or more than a public key.',
  ISSUE_ORDER: 'What was sent to the admin socket is not what `sallyport certificate issue` sends.',
  ISSUE_NO_CA: 'The configuration in force has no `ca`.',
  ISSUE_NO_SIGNER: 'The gate is one process, as that of `sallyport demo`, and has no signer.',
  ISSUE_MACHINE: 'No machine of that name is registered in the plan in force.',
  ISSUE_SUSPENDED: 'The machine or its party is suspended.',
  ISSUE_CREDENTIAL: 'The machine has no credential with such a `uri` under the trust that the CA stands in.',
  ISSUE_AMBIGUOUS: 'The machine has several such credentials, and the command names none with `--uri`.',
  ISSUE_CA_TIME: 'The certificate of the CA has expired, or is not valid yet.',
  ISSUE_CHAIN:
    'What was signed would not be accepted by this gate, as where a name constraint of the CA forbids the URI.',
  ISSUE_BUSY: 'Too many orders wait for the signer.',
  ISSUE_SIGNER_DOWN:
    'The signer does not run, ended meanwhile, or did not answer in time; it is started again by itself.',
  ISSUE_UNRECORDED: 'The audit log takes nothing, so nothing left the gate.',
  ISSUE_DEFECT: 'The signer could not make the certificate.',
} as const satisfies Record<string, string>;

export type IssueCode = keyof typeof ISSUE_CODES;
