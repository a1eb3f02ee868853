/** What a configuration says about keys, certificates and trust. The files are read by this folder, not by the loader. */
import { z } from 'zod';
import { duration, named, path, secretReference } from '../settings/config.ts';

/** The certificate a listener presents. */
export const certificateConfig = z
  .strictObject({
    chain: path('PEM file with the certificate and every intermediate, the certificate first.', 'pki/gate.pem'),
    key: secretReference('The private key of the certificate (PKCS #8 PEM, readable by its owner only).'),
  })
  .meta({ description: 'The certificate this listener presents.' });

/** Trust names and their CA bundles. */
export const trustConfig = named(
  'A trust name; credentials refer to it.',
  path('PEM bundle of the CA that issues client certificates.', 'pki/acme-ca.pem'),
  'Who may issue client certificates in this zone: a name and the PEM bundle of the CA.',
);

/** Named TLS profiles; their contents are in tls-profile.ts. */
export const tlsProfileConfig = z.enum(['modern', 'intermediate']).meta({
  description: 'TLS profile of the zone: modern is TLS 1.3 only, intermediate adds TLS 1.2 with ECDHE and AEAD.',
});

/** Whom an upstream must be certified by. */
export const upstreamTrustConfig = path(
  'Who may certify the upstream: system (the CAs of the system) or the path of a PEM bundle.',
  'pki/upstream-ca.pem',
);

/** The CA of the gate's own, where it certifies machines of partners. */
export const caConfig = z
  .strictObject({
    certificate: path(
      'PEM file with the certificate of the CA first and no key; it also stands in a bundle of one `trust`, and none other leads to it.',
      'pki/machines-ca.pem',
    ),
    key: secretReference(
      'The private key of the CA (PEM, readable by its owner only), in a file of its own. Only the signer reads it.',
    ),
    validity: duration({ min: '1h', max: '397d', about: 'How long a certificate is valid.' }).prefault('90d'),
  })
  .meta({
    description: 'A CA that certifies machines of partners, with a process of its own; without this there is none.',
  });
