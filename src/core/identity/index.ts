export { type AuthenticateRequest, type Authentication, authenticateCertificate } from './authenticate.ts';
export { type Entitlement, entitlementOf } from './entitlement.ts';
export { buildRegistry, type Principal, type Registry } from './registry.ts';
export type { RegistryInput } from './registry-input.ts';
