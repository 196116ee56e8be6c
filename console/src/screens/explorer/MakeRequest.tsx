import { useState } from 'react'
import { withQuery } from '../../app/api.ts'
import { useGet } from '../../app/queries.ts'
import { messages } from '../../messages/explorer.ts'
import { Button } from '../../parts/Button.tsx'
import { Checkbox } from '../../parts/Choices.tsx'
import { ComboBox } from '../../parts/ComboBox.tsx'
import { Row } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { TextField } from '../../parts/TextField.tsx'
import styles from './explorer.module.css'
import { challengeOf, randomText } from './pkce.ts'

interface MakeProps {
  serviceId: string
  onMade: (url: string, verifier: string | undefined) => void
}

interface ClientSummary {
  clientId: number
  clientName?: string
  clientType?: string
}

interface Wanted {
  clientId: string
  redirectUri: string
  scope: string
  responseType: string
}

const texts = messages.form
const responseTypes = ['code', 'code id_token', 'id_token', 'id_token token', 'token']
/** Where the service has none of its own: the path counts, not the host. */
const elsewhere = 'https://authorization-server.example/authorize'

/** An authorization request as a client would make it, with fresh state, nonce and verifier. */
export function MakeRequest({ serviceId, onMade }: MakeProps) {
  const [text, setText] = useState('')
  const [clientId, setClientId] = useState<string | null>(null)
  const [redirectUri, setRedirectUri] = useState('')
  const [scope, setScope] = useState('openid')
  const [responseType, setResponseType] = useState('code')
  const [withPkce, setWithPkce] = useState(true)
  const service = useGet<{ authorizationEndpoint?: string }>(
    `/api/${serviceId}/service/get?withoutSecrets=true`,
  )
  const query = { query: text.replace(/ \(\d+\)$/, ''), limit: 20 }
  const found = useGet<{ clients: ClientSummary[] }>(
    withQuery(`/api/${serviceId}/clients`, query),
    { keep: true },
  )
  const client = useGet<{ redirectUris?: string[] }>(
    `/api/${serviceId}/client/get/${clientId}?withoutSecrets=true`,
    { enabled: clientId !== null },
  )
  const choices = (found.data?.clients ?? []).map(({ clientId: id, clientName }) => ({
    id: String(id),
    label: clientName ? `${clientName} (${id})` : String(id),
  }))
  const registered = client.data?.redirectUris ?? []
  const chosen = redirectUri || registered[0] || ''

  async function make(): Promise<void> {
    const endpoint = service.data?.authorizationEndpoint ?? elsewhere
    const wanted = { clientId: clientId ?? '', redirectUri: chosen, scope, responseType }
    const verifier = withPkce ? randomText() : undefined
    onMade(await urlOf(endpoint, wanted, verifier), verifier)
  }
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (clientId) void make()
      }}
    >
      {found.error && <Problem error={found.error} onRetry={() => void found.refetch()} />}
      <ComboBox
        label={texts.client}
        description={texts.clientMore}
        choices={choices}
        value={clientId}
        onChange={(id) => {
          setClientId(id)
          setRedirectUri('')
        }}
        onInputChange={setText}
        isRequired
      />
      <ComboBox
        key={clientId}
        label={texts.redirectUri}
        choices={registered.map((uri) => ({ id: uri, label: uri }))}
        value={chosen || null}
        onChange={setRedirectUri}
        onInputChange={setRedirectUri}
        allowsOther
      />
      <TextField label={texts.scope} value={scope} onChange={setScope} mono />
      <Select
        label={texts.responseType}
        choices={responseTypes.map((id) => ({ id, label: id }))}
        value={responseType}
        onChange={setResponseType}
      />
      <Checkbox isSelected={withPkce} onChange={setWithPkce} more={texts.pkceMore}>
        {texts.pkce}
      </Checkbox>
      <Row>
        <Button variant="primary" type="submit" isDisabled={!clientId}>
          {texts.submit}
        </Button>
      </Row>
    </form>
  )
}

async function urlOf(endpoint: string, wanted: Wanted, verifier: string | undefined) {
  const { clientId, redirectUri, scope, responseType } = wanted
  const parameters = new URLSearchParams({ response_type: responseType, client_id: clientId })
  if (redirectUri) parameters.set('redirect_uri', redirectUri)
  if (scope) parameters.set('scope', scope)
  parameters.set('state', randomText(12))
  parameters.set('nonce', randomText(12))
  if (verifier) {
    parameters.set('code_challenge', await challengeOf(verifier))
    parameters.set('code_challenge_method', 'S256')
  }
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${parameters}`
}
