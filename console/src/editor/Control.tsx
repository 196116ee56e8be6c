/** The control of a setting or of a member of one, by its form. */

import { ChoiceControl, ChoicesControl, FlagControl } from './controls/ChoiceControls.tsx'
import type { FieldProps } from './controls/field.ts'
import { KeySetControl } from './controls/KeySetControl.tsx'
import { NumberControl } from './controls/NumberControl.tsx'
import { ObjectControl, ObjectsControl } from './controls/ObjectControls.tsx'
import { PairsControl } from './controls/PairsControl.tsx'
import { JsonTextControl, ListControl, TextControl } from './controls/TextControls.tsx'

interface ControlProps extends FieldProps {
  isSecret?: boolean
  isChanged?: boolean
}

export function Control({ isSecret = false, isChanged = false, ...field }: ControlProps) {
  const { control } = field.part
  switch (control.type) {
    case 'flag':
      return <FlagControl {...field} />
    case 'choice':
      return <ChoiceControl {...field} options={control.options} />
    case 'choices':
      return <ChoicesControl {...field} options={control.options} />
    case 'number':
      return <NumberControl {...field} unit={control.unit} />
    case 'texts':
    case 'uris':
    case 'pems':
      return <ListControl {...field} kind={control.type} />
    case 'pairs':
      return <PairsControl {...field} />
    case 'object':
      return <ObjectControl {...field} fields={control.fields} Member={Control} />
    case 'objects':
      return <ObjectsControl {...field} fields={control.fields} Member={Control} />
    case 'keys':
      return <KeySetControl {...field} isChanged={isChanged} />
    case 'json':
      return <JsonTextControl {...field} />
    case 'longText':
      return <TextControl {...field} rows={3} />
    default:
      return <TextControl {...field} isSecret={isSecret} />
  }
}
