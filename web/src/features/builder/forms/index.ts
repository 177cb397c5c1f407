export { StepForm } from './StepForm'
export { TriggerForm } from './TriggerForm'
export { TriggerPicker } from './TriggerPicker'
