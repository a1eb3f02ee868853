/**
 * Names under which personal data usually travels, compared without case, hyphens and underscores. A name may be part
 * of a longer one only where that cannot mean something else: `customerEmail` is one, `emailTemplate` is not.
 */
const WHOLE = new Set([
  ...['email', 'emailaddress', 'mail', 'phone', 'phonenumber', 'mobile', 'mobilenumber', 'telephone', 'fax'],
  ...['firstname', 'lastname', 'middlename', 'givenname', 'familyname', 'surname', 'fullname', 'maidenname'],
  ...['birthdate', 'dateofbirth', 'dob', 'birthday', 'birthplace', 'gender', 'sex', 'nationality', 'citizenship'],
  ...['ssn', 'socialsecuritynumber', 'nationalid', 'personalcode', 'personalid', 'taxid', 'passportnumber', 'nino'],
  ...['driverslicense', 'driverlicense', 'licenceplate', 'licenseplate', 'iban', 'cardnumber', 'accountholder'],
  ...['streetaddress', 'street', 'postcode', 'postalcode', 'zipcode', 'homeaddress', 'ipaddress', 'useragent'],
  ...['religion', 'ethnicity', 'maritalstatus', 'salary', 'bloodtype', 'diagnosis', 'healthstatus', 'biometric'],
]);
const ENDINGS = ['email', 'emailaddress', 'phonenumber', 'firstname', 'lastname', 'dateofbirth', 'birthdate', 'ssn'];

export function looksPersonal(name: string): boolean {
  const plain = name.replace(/[-_ ]/g, '').toLowerCase();
  return WHOLE.has(plain) || ENDINGS.some((ending) => plain.endsWith(ending));
}
