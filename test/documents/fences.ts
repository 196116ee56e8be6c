/**
 * The fences of a page and what they are for: ```sh run=name runs, with others of the name in one
 * shell; ```json expect is the shape of what the last one printed; ```yaml file=name is a file
 * beside them; ```sh norun="reason" does not run.
 */

export interface Fence {
  language: string
  /** Words after the language: `expect`, and pairs such as `run=name`. */
  intent: Record<string, string>
  text: string
  line: number
}

/** Languages whose fences must say whether they run. */
const runnable = ['sh', 'bash', 'js', 'ts', 'python', 'go', 'java']

export function fencesOf(page: string): Fence[] {
  return [...page.matchAll(/^ *```(\w+)([^\n]*)\n(.*?)^ *```$/gms)].map((match) => {
    const [, language = '', words = '', text = ''] = match
    const line = page.slice(0, match.index).split('\n').length
    return { language, intent: intentOf(words), text, line }
  })
}

function intentOf(words: string): Record<string, string> {
  const pairs = [...words.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)]
  return Object.fromEntries(
    pairs.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']),
  )
}

export const lacksIntent = ({ language, intent }: Fence): boolean =>
  runnable.includes(language) && !intent['run'] && !intent['norun']

/** What is run, or what is expected of it, in the order of the page. */
export interface Step {
  commands: string
  language: string
  line: number
  /** The fences that show what the commands print. */
  expected: Fence[]
}

export interface Session {
  name: string
  /** The Postern that the commands use: `dev` or `serve`. */
  on: string
  files: { name: string; text: string }[]
  steps: Step[]
}

/** The sessions of a page, by the names of their fences. */
export function sessionsOf(page: string): Session[] {
  const sessions: Session[] = []
  let last: Step | undefined
  const files: Session['files'] = []
  for (const { language, intent, text, line } of fencesOf(page)) {
    if (intent['file']) files.push({ name: intent['file'], text })
    if ('expect' in intent) last?.expected.push({ language, intent, text, line })
    const name = intent['run']
    if (!name) continue
    let session = sessions.find((each) => each.name === name)
    if (!session) {
      session = { name, on: intent['on'] ?? 'dev', files, steps: [] }
      sessions.push(session)
    }
    last = { commands: text, language, line, expected: [] }
    session.steps.push(last)
  }
  return sessions
}

/** The page without its fences. */
export const proseOf = (page: string): string => page.replaceAll(/^ *```.*?^ *```$/gms, '')
