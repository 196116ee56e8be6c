/** The examples of RFC 7515 §A.1 to §A.4, RFC 7518 §B.1 and RFC 8037 §A.4. */
import { compactVerify, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { decryptContent } from '../../../src/jose/content.ts'
import { createKeys } from '../../../src/jose/service-keys.ts'
import { signJwt } from '../../../src/jose/sign.ts'
import type { Service } from '../../../src/model/service/service.ts'

const payload =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true }

const oct: JWK = {
  kty: 'oct',
  k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
}
const rsa: JWK = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
  d: 'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  p: '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  q: 'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  dp: 'BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0',
  dq: 'h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU',
  qi: 'IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U',
}
const p256: JWK = {
  ...{ kty: 'EC', crv: 'P-256', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' },
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const p521: JWK = {
  ...{ kty: 'EC', crv: 'P-521' },
  x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
  y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
  d: 'AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C',
}
const ed25519: JWK = {
  ...{ kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' },
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}

interface Example {
  section: string
  alg: string
  jwk: JWK
  /** The header as we write it: without `typ`, as in the example. */
  header: string
  jws: string
  /** Whether each signature over the same input is the same. */
  isDeterministic: boolean
}

const examples: Example[] = [
  {
    section: 'RFC 7515 §A.1',
    alg: 'HS256',
    jwk: oct,
    header: 'eyJhbGciOiJIUzI1NiJ9',
    jws: `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    isDeterministic: true,
  },
  {
    section: 'RFC 7515 §A.2',
    alg: 'RS256',
    jwk: rsa,
    header: 'eyJhbGciOiJSUzI1NiJ9',
    jws: `eyJhbGciOiJSUzI1NiJ9.${payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
    isDeterministic: true,
  },
  {
    section: 'RFC 7515 §A.3',
    alg: 'ES256',
    jwk: p256,
    header: 'eyJhbGciOiJFUzI1NiJ9',
    jws: `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    isDeterministic: false,
  },
  {
    section: 'RFC 7515 §A.4',
    alg: 'ES512',
    jwk: p521,
    header: 'eyJhbGciOiJFUzUxMiJ9',
    jws: 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn',
    isDeterministic: false,
  },
  {
    section: 'RFC 8037 §A.4',
    alg: 'EdDSA',
    jwk: ed25519,
    header: 'eyJhbGciOiJFZERTQSJ9',
    jws: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    isDeterministic: true,
  },
]

const keys = createKeys(new Map())
const serviceOf = (jwk: JWK) => ({ jwks: JSON.stringify({ keys: [jwk] }) }) as Service
const signing = ({ jwk }: Example) =>
  jwk.kty === 'oct' ? keys.symmetric(serviceOf(jwk)) : keys.signing(serviceOf(jwk))
const publicKeyOf = ({ jwk, alg }: Example) => {
  const isPublic = ([name]: [string, unknown]) => !['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name)
  return importJWK(Object.fromEntries(Object.entries(jwk).filter(isPublic)) as JWK, alg)
}

describe('keys of a service sign the examples', () => {
  it.each(examples)('$section: $alg', async (example) => {
    const { alg, jws, isDeterministic } = example
    const [head, body, signature] = jws.split('.')
    const input = Buffer.from(`${head}.${body}`)
    const [key] = signing(example)
    const made = Buffer.from((await key?.sign(alg, input)) ?? []).toString('base64url')
    if (isDeterministic) expect(made).toBe(signature)
    const again = await compactVerify(`${head}.${body}.${made}`, await publicKeyOf(example))
    expect(Buffer.from(again.payload).toString('base64url')).toBe(body)
    await compactVerify(jws, await publicKeyOf(example))
  })

  it.each(examples)('$section: a JWT of our own, which jose verifies', async (example) => {
    const { alg } = example
    const jwt = await signJwt(signing(example), { signing: { alg, isOfService: true }, claims })
    expect(jwt.split('.')[0]).toBe(example.header)
    const { payload: signed } = await compactVerify(jwt, await publicKeyOf(example))
    expect(JSON.parse(Buffer.from(signed).toString())).toEqual(claims)
  })
})

describe('content is decrypted as in the example', () => {
  it('RFC 7518 §B.1: A128CBC-HS256', () => {
    const hex = (text: string) => Buffer.from(text, 'hex')
    const key = hex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
    const content = {
      enc: 'A128CBC-HS256',
      protectedHeader: 'The second principle of Auguste Kerckhoffs',
      iv: hex('1af38c2dc2b96ffdd86694092341bc04'),
      ciphertext: hex(
        'c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9' +
          'a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336' +
          '09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b' +
          '384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5' +
          '4b8851ffb598f7f80074b9473c82e2db',
      ),
      tag: hex('652c3fa36b0a7c5b3219fab3a30bc1c4'),
    }
    expect(decryptContent(content, key).toString()).toBe(
      'A cipher system must not be required to be secret, and it must be able to fall into the ' +
        'hands of the enemy without inconvenience',
    )
  })
})
