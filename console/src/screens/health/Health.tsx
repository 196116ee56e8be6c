import { messages } from '../../messages/screens.ts'
import { Page } from '../../parts/Page.tsx'

export const Screen = () => <Page title={messages.health}>{null}</Page>
