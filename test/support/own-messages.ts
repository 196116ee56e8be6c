/**
 * Runs before each file: some libraries that tests read credentials with replace the messages of
 * zod for the whole process, which the files of a worker share.
 */
import { z } from 'zod'

z.config({ customError: undefined })
