import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'wouter'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { useMay } from '../../app/session.ts'
import { patched } from '../../editor/document.ts'
import { loadForms } from '../../editor/forms.ts'
import type { Finding, Report } from '../../editor/lint.ts'
import { isChangedByOthers, SaveDialog } from '../../editor/SaveDialog.tsx'
import { read, serviceTarget, settable } from '../../editor/target.ts'
import { messages } from '../../messages/lint.ts'
import { Loading, Page, Section } from '../../parts/Page.tsx'
import { Notice, Problem } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { ClientLint } from './ClientLint.tsx'
import { FindingTable } from './FindingTable.tsx'
import styles from './lint.module.css'
import { Profiles } from './Profiles.tsx'

/** What lints say about a service and its clients. */
export function Screen() {
  const { serviceId = '' } = useParams()
  const mayViewClients = useMay('view_client')
  const target = serviceTarget(serviceId)
  const { data, error, refetch } = useQuery({
    queryKey: [target.lint],
    queryFn: async () => (await call<Report>('POST', target.lint, { body: {} })).body,
  })
  return (
    <Page title={messages.title} description={messages.description}>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <ServiceLint serviceId={serviceId} report={data} />}
      {mayViewClients && <ClientLint key={serviceId} serviceId={serviceId} />}
    </Page>
  )
}

interface ServiceLintProps {
  serviceId: string
  report: Report
}

const all = 'all'

function ServiceLint({ serviceId, report }: ServiceLintProps) {
  const isEditable = useMay('modify_service')
  const [profile, setProfile] = useState<string>(all)
  const [finding, setFinding] = useState<Finding>()
  const shown = report.findings.filter(
    ({ profiles }) => profile === all || profiles.some((each) => each === profile),
  )
  const names = Object.keys(report.conforms)
  return (
    <>
      <Section title={messages.profiles}>
        <Profiles report={report} />
      </Section>
      <Section title={messages.findings}>
        <div className={styles['filter']} translate="no">
          <Select
            label={messages.show}
            choices={[{ id: all, label: messages.all }, ...names.map((id) => ({ id, label: id }))]}
            value={profile}
            onChange={setProfile}
          />
        </div>
        {!isEditable && <Notice title={messages.readOnly} />}
        <FindingTable
          serviceId={serviceId}
          findings={shown}
          onApply={isEditable ? setFinding : undefined}
        />
      </Section>
      {finding && (
        <ApplyDialog
          serviceId={serviceId}
          finding={finding}
          onClose={() => setFinding(undefined)}
        />
      )}
    </>
  )
}

interface ApplyDialogProps {
  serviceId: string
  finding: Finding
  onClose: () => void
}

/** Applies the fix to the document as it is now. */
function ApplyDialog({ serviceId, finding, onClose }: ApplyDialogProps) {
  const target = serviceTarget(serviceId)
  const { data, error, refetch } = useQuery({
    queryKey: [target.read, 'fix', finding.code],
    queryFn: async () => {
      const [forms, { whole, etag }] = await Promise.all([loadForms(), read(target)])
      const names = forms.service.map(({ name }) => name)
      return { forms, base: { document: settable(whole, names), etag } }
    },
    gcTime: 0,
    staleTime: 0,
  })
  if (error && !isChangedByOthers(error)) return <Problem error={error} />
  if (!data) return null
  return (
    <SaveDialog
      key={data.base.etag ?? ''}
      forms={data.forms}
      target={target}
      base={data.base}
      draft={patched(data.base.document, finding.fix ?? {})}
      onClose={onClose}
      onSaved={() => refresh(target.lint)}
      onConflict={() => void refetch()}
    />
  )
}
