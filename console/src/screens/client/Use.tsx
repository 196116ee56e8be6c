import { useState } from 'react'
import { Link } from 'wouter'
import { useGet } from '../../app/queries.ts'
import { useMay } from '../../app/session.ts'
import { messages as all } from '../../messages/client.ts'
import { CodeBlock } from '../../parts/CodeBlock.tsx'
import { Loading, Section } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { Tabs } from '../../parts/Tabs.tsx'
import type { ClientShown } from './Client.tsx'
import styles from './client.module.css'
import { firstRequest, type Language, type SnippetValues, snippets } from './snippets.ts'

const messages = all.use

interface ServiceShown {
  issuer?: string
  authorizationEndpoint?: string
  tokenEndpoint?: string
  supportedScopes?: { name: string; defaultEntry?: boolean }[]
}

interface UseProps {
  serviceId: string
  client: ClientShown
}

/** The client in a dry run, and in programs. */
export function Use({ serviceId, client }: UseProps) {
  const mayView = useMay('view_service')
  const mayTest = useMay('use_service')
  const [language, setLanguage] = useState<Language>('curl')
  const path = `/api/${serviceId}/service/get?withoutSecrets=true`
  const { data, isPending } = useGet<ServiceShown>(path, { enabled: mayView })
  if (isPending && mayView) return <Loading />
  const values = valuesOf(client, data ?? {})
  const http = encodeURIComponent(firstRequest(values))
  return (
    <div className={styles['credentials']}>
      {mayTest && (
        <Section title={messages.test} description={messages.testMore}>
          <p>
            <Link href={`/services/${serviceId}/explorer?http=${http}`}>{messages.open}</Link>
          </p>
        </Section>
      )}
      <Section title={messages.snippets} description={messages.snippetsMore}>
        {!data?.issuer && <Notice title={messages.noIssuer} />}
        <div translate="no">
          <Tabs
            label={messages.language}
            selected={language}
            onSelect={(id) => setLanguage(id as Language)}
            tabs={Object.entries(snippets).map(([id, write]) => ({
              id,
              label: id,
              content: <CodeBlock label={id} code={write(values)} />,
            }))}
          />
        </div>
      </Section>
    </div>
  )
}

const example = 'https://as.example'

function valuesOf(client: ClientShown, service: ServiceShown): SnippetValues {
  const { issuer = example, supportedScopes = [] } = service
  const below = (path: string) => `${issuer.replace(/\/*$/, '')}/${path}`
  const parsable = (url: string, path: string) => (URL.canParse(url) ? url : `${example}/${path}`)
  const [redirectUri = ''] = (client['redirectUris'] ?? []) as string[]
  const names = supportedScopes.map(({ name }) => name)
  const scope = ['openid', 'profile', 'email'].filter((name) => names.includes(name))
  return {
    issuer,
    clientId: String(client['clientIdAliasEnabled'] ? client['clientIdAlias'] : client.clientId),
    redirectUri,
    scope: (scope.length > 0 ? scope : names.slice(0, 1)).join(' '),
    isConfidential: /^CLIENT_SECRET_/.test(client.tokenAuthMethod ?? ''),
    grantTypes: (client['grantTypes'] ?? []) as string[],
    authorizationEndpoint: parsable(
      service.authorizationEndpoint ?? below('authorize'),
      'authorize',
    ),
    tokenEndpoint: parsable(service.tokenEndpoint ?? below('token'), 'token'),
  }
}
