/** The description of the demo's identity credential, SD-JWT VC §6.2: how wallets show it. */

const labels: Record<string, string> = {
  given_name: 'Given name',
  family_name: 'Family name',
  birthdate: 'Date of birth',
  nationalities: 'Nationalities',
  address: 'Address',
  issuing_authority: 'Issuing authority',
  issuing_country: 'Issuing country',
}

export const identityType = (vct: string) => ({
  vct,
  name: 'Identity of the example frontend',
  description: 'Who a user of the demo is.',
  display: [{ locale: 'en', name: 'Identity' }],
  claims: Object.entries(labels).map(([name, label]) => ({
    path: [name],
    display: [{ locale: 'en', label }],
    sd: 'allowed',
  })),
})
