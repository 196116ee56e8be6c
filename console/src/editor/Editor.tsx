import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { refresh } from '../app/queries.ts'
import { type Right, useMay } from '../app/session.ts'
import { messages } from '../messages/editor.ts'
import { Loading, Page } from '../parts/Page.tsx'
import { Notice, Problem } from '../parts/Problem.tsx'
import { Tabs } from '../parts/Tabs.tsx'
import { toast } from '../parts/Toast.tsx'
import { Against, type Checked, profilesOf } from './Against.tsx'
import { ConflictDialog } from './ConflictDialog.tsx'
import { type Json, patched } from './document.ts'
import { type Draft, forget, isKept, type Opened, useDraft } from './draft.ts'
import { EditableContext } from './editable.ts'
import styles from './editor.module.css'
import { type Forms, loadForms } from './forms.ts'
import { useGuard } from './guard.ts'
import { LeaveDialog } from './LeaveDialog.tsx'
import { type Finding, useLint } from './lint.ts'
import { RawJson } from './RawJson.tsx'
import { SaveBar } from './SaveBar.tsx'
import { SaveDialog } from './SaveDialog.tsx'
import { Findings } from './settings/Findings.tsx'
import { SettingsForm } from './settings/SettingsForm.tsx'
import { read, settable, type Target } from './target.ts'

export interface Tab {
  id: string
  label: string
  content: ReactNode
}

interface EditorProps {
  target: Target
  /** The right without which the settings are only shown. */
  right: Right
  titleOf: (whole: Json) => string
  description: string
  /** What is beside the title, and further tabs. Both get the document, and read it again. */
  actionsOf?: (whole: Json, reload: () => Promise<void>) => ReactNode
  tabsOf?: (whole: Json, reload: () => Promise<void>) => readonly Tab[]
}

/** The page that changes a document of settings. */
export function Editor(props: EditorProps) {
  const { target, description } = props
  const forms = useQuery({ queryKey: ['forms'], queryFn: loadForms, staleTime: Infinity })
  const found = useQuery({
    queryKey: [target.read, 'editor'],
    queryFn: () => read(target),
    gcTime: 0,
    staleTime: Infinity,
  })
  const error = found.error ?? forms.error
  if (error) {
    return (
      <Page title={messages.settings} description={description}>
        <Problem error={error} onRetry={() => void found.refetch()} />
      </Page>
    )
  }
  if (!found.data || !forms.data) return <Loading />
  const { whole, etag } = found.data
  const names = forms.data[target.kind].map(({ name }) => name)
  return (
    <Opening
      key={target.read}
      {...props}
      forms={forms.data}
      whole={whole}
      opened={{ document: settable(whole, names), etag }}
      onReload={async () => (await found.refetch({ throwOnError: true })).data as Read}
    />
  )
}

type Read = Awaited<ReturnType<typeof read>>

interface OpeningProps extends EditorProps {
  forms: Forms
  whole: Json
  opened: Opened
  onReload: () => Promise<Read>
}

function Opening(props: OpeningProps) {
  const { target, right, titleOf, description, forms, whole, opened, onReload } = props
  const isEditable = useMay(right)
  const [isRestored] = useState(() => isKept(target.read))
  const draft = useDraft(target.read, opened)
  const [dialog, setDialog] = useState<'save' | 'conflict'>()
  const guard = useGuard(draft.isDirty)
  const { base, isDirty, replace } = draft

  async function reload(): Promise<void> {
    const { whole: next, etag } = await onReload()
    const names = forms[target.kind].map(({ name }) => name)
    const document = settable(next, names)
    replace(document, { document, etag })
    await refresh('/api/services')
  }
  // What a dialog opens in its place stays open.
  const close = () => setDialog((now) => (now === dialog ? undefined : now))
  return (
    <EditableContext value={isEditable}>
      <Page
        title={titleOf(whole)}
        description={description}
        actions={props.actionsOf?.(whole, reload)}
      >
        {!isEditable && <Notice title={messages.readOnly} />}
        {isRestored && isDirty && <Notice tone="warn" title={messages.restored} />}
        <Views {...props} draft={draft} tabs={props.tabsOf?.(whole, reload) ?? []} />
        {isDirty && (
          <SaveBar
            count={draft.changes.length}
            onDiscard={() => replace(base.document)}
            onReview={() => setDialog('save')}
          />
        )}
      </Page>
      {dialog === 'save' && (
        <SaveDialog
          {...{ forms, target, base, draft: draft.draft }}
          onClose={close}
          onSaved={reload}
          onConflict={() => setDialog('conflict')}
        />
      )}
      {dialog === 'conflict' && (
        <ConflictDialog
          {...{ forms, target, base, draft: draft.draft }}
          onClose={close}
          onMerged={(next, theirs) => {
            replace(next, theirs)
            toast(messages.merged)
          }}
        />
      )}
      {guard.isAsking && (
        <LeaveDialog
          count={draft.changes.length}
          onStay={guard.stay}
          onLeave={() => {
            forget(target.read)
            replace(base.document)
            guard.leave()
          }}
        />
      )}
    </EditableContext>
  )
}

interface ViewsProps extends Pick<OpeningProps, 'target' | 'forms'> {
  draft: Draft
  tabs: readonly Tab[]
}

function Views({ target, forms, draft, tabs }: ViewsProps) {
  const isEditable = useMay(target.kind === 'service' ? 'modify_service' : 'modify_client')
  const [view, setView] = useState('settings')
  const [checked, setChecked] = useState<Checked>('recommended')
  const asked = profilesOf(checked)
  const lint = useLint({
    path: target.lint,
    member: target.kind,
    document: draft.draft,
    profiles: asked,
  })
  const findings = lint.data?.findings ?? []
  const names = new Set(forms[target.kind].map(({ name }) => name))
  const general = findings.filter(({ path }) => !names.has(path))
  const apply = (finding: Finding) => draft.replace(patched(draft.draft, finding.fix ?? {}))
  const start = new URLSearchParams(location.search).get('property') ?? undefined
  const form = (
    <>
      <Against
        checked={checked}
        onChange={setChecked}
        count={findings.length}
        isFailing={lint.error !== null}
      />
      {general.length > 0 && (
        <div className={styles['general']}>
          <Findings findings={general} />
        </div>
      )}
      <SettingsForm
        {...{ forms, draft, findings, start }}
        kind={target.kind}
        onApply={isEditable ? apply : undefined}
      />
    </>
  )
  return (
    <Tabs
      label={messages.views}
      selected={view}
      onSelect={setView}
      tabs={[
        { id: 'settings', label: messages.settings, content: form },
        { id: 'json', label: messages.json, content: <RawJson draft={draft} /> },
        ...tabs,
      ]}
    />
  )
}
