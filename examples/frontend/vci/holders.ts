/** What credentials say of the users of the example. A real frontend asks its registers here. */

export interface Holder {
  /** The claims of an SD-JWT VC. */
  identity: Record<string, unknown>
  /** The data elements of an mDL, ISO 18013-5 §7.2.1: all that are mandatory. */
  licence: Record<string, unknown>
  /** Issuance waits until the user has pressed a button. */
  deferred: boolean
}

const authority = { issuing_authority: 'Registry of Examples', issuing_country: 'IE' }

/** One grey pixel. */
const portrait =
  'ffd8ffdb004300030202020202030202020303030304060404040404080606050609080a0a090809090a0c0f0c0a' +
  '0b0e0b09090d110d0e0f101011100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005' +
  'ffda0008010100003f00d2cf20ffd9'

/** Postern turns texts that begin with `cbor:` into CBOR: here, dates and bytes. */
const date = (day: string) => `cbor:1004("${day}")`

const licenceOf = (person: { given_name: string; family_name: string; birth: string }) => ({
  family_name: person.family_name,
  given_name: person.given_name,
  birth_date: date(person.birth),
  issue_date: date('2025-05-01'),
  expiry_date: date('2035-04-30'),
  ...authority,
  document_number: `EX-${person.birth.replaceAll('-', '')}`,
  portrait: `cbor:h'${portrait}'`,
  driving_privileges: [
    {
      vehicle_category_code: 'B',
      issue_date: date('2025-05-01'),
      expiry_date: date('2035-04-30'),
    },
  ],
  un_distinguishing_sign: 'IRL',
})

const holders: Record<string, Holder> = {
  alice: {
    identity: {
      given_name: 'Alice',
      family_name: 'Ashdown',
      birthdate: '1990-02-28',
      nationalities: ['DE', 'IE'],
      address: { locality: 'Dublin', country: 'IE' },
      ...authority,
    },
    licence: licenceOf({ given_name: 'Alice', family_name: 'Ashdown', birth: '1990-02-28' }),
    deferred: false,
  },
  bob: {
    identity: {
      given_name: 'Bob',
      family_name: 'Birch',
      birthdate: '1985-11-03',
      nationalities: ['IE'],
      address: { locality: 'Cork', country: 'IE' },
      ...authority,
    },
    licence: licenceOf({ given_name: 'Bob', family_name: 'Birch', birth: '1985-11-03' }),
    deferred: true,
  },
}

export const holderOf = (subject: string): Holder | undefined =>
  Object.hasOwn(holders, subject) ? holders[subject] : undefined
