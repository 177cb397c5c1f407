import { ActionIcon, type MantineSpacing, Popover, Skeleton, type StyleProp, TextInput } from '@mantine/core'
import { IconCalendar } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type MomentKind, readMoment, writeMoment } from '@/lib/moment'

const MomentCalendar = lazy(() => import('./MomentCalendar'))

type Props = {
  kind: MomentKind
  /** "2026-12-01T10:00", "2026-12-01" or "10:00" by the kind, on the clock that the field is of; or nothing. */
  value: string
  /** Called with a whole moment, or with nothing where the field was emptied. */
  onChange: (value: string) => void
  /** How the people of the site write dates. */
  locale: string
  id?: string
  label?: ReactNode
  'aria-label'?: string
  description?: ReactNode
  error?: ReactNode
  required?: boolean
  readOnly?: boolean
  disabled?: boolean
  w?: StyleProp<MantineSpacing>
  flex?: StyleProp<string>
}

/**
 * A date, a time or both, written as people write them where the site is: typed, or
 * chosen from a calendar that is loaded when it is asked for.
 */
export function MomentInput({ kind, value, onChange, locale, error, ...rest }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const calendar = useRef<HTMLDivElement>(null)
  const shut = () => {
    if (calendar.current?.contains(document.activeElement)) button.current?.focus()
    setOpened(false)
  }
  const { readOnly, disabled } = rest
  const time = value.split('T')[1]
  const read = (text: string) => readMoment(text, kind, locale, time)
  const unclear = typed !== undefined && typed.trim() !== '' && read(typed) === undefined
  const [left, setLeft] = useState(false)
  const settle = () => {
    setLeft(true)
    if (!unclear) setTyped(undefined)
  }
  return (
    <TextInput
      {...rest}
      autoComplete="off"
      value={typed ?? writeMoment(value, kind, locale)}
      error={unclear && left ? t('moment.unclear', { example: exampleOf(kind, locale) }) : error}
      onChange={(e) => {
        const text = e.currentTarget.value
        setTyped(text)
        const next = text.trim() === '' ? '' : read(text)
        if (next !== undefined && next !== value) onChange(next)
      }}
      onFocus={() => setLeft(false)}
      onBlur={settle}
      onKeyDown={(e) => e.key === 'Enter' && settle()}
      rightSection={
        kind !== 'time' &&
        !readOnly &&
        !disabled && (
          <Popover
            opened={opened}
            onChange={(open) => (open ? setOpened(true) : shut())}
            position="bottom-end"
            withRoles={false}
            shadow="md"
          >
            <Popover.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('moment.choose')}
                aria-haspopup="dialog"
                aria-expanded={opened}
                ref={button}
                onClick={() => setOpened((o) => !o)}
              >
                <IconCalendar size={17} aria-hidden />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown
              ref={calendar}
              role="dialog"
              aria-label={t('moment.choose')}
              // Escape shuts the calendar, and not the drawer that the field may be in: a
              // drawer listens at the window, and leaves out what says so itself.
              onFocusCapture={(e) => e.target.setAttribute('data-mantine-stop-propagation', 'true')}
            >
              <Suspense fallback={<Skeleton w={252} h={kind === 'date' ? 278 : 330} />}>
                <MomentCalendar
                  kind={kind}
                  value={value}
                  locale={locale}
                  onChange={(next) => {
                    setTyped(undefined)
                    onChange(next)
                  }}
                  onDone={shut}
                />
              </Suspense>
            </Popover.Dropdown>
          </Popover>
        )
      }
    />
  )
}

function exampleOf(kind: MomentKind, locale: string): string {
  const year = new Date().getUTCFullYear() + 1
  return writeMoment(
    { date: `${year}-05-21`, dateTime: `${year}-05-21T14:30`, time: '14:30' }[kind],
    kind,
    locale,
  )
}
