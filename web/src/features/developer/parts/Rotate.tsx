import { Button, Group, Modal, Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  opened: boolean
  title: string
  busy: boolean
  onRotate: (overlapSeconds: number) => void
  onClose: () => void
  children?: React.ReactNode
}

const spans = { none: 0, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 } as const
type Span = keyof typeof spans

/** Asks how long what is replaced stays good, so that nothing breaks in between. */
export function Rotate({ opened, title, busy, onRotate, onClose, children }: Props) {
  const { t } = useTranslation('developer')
  const [span, setSpan] = useState<Span>('day')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <Stack>
        <Select
          label={t('keys.overlap')}
          data={(Object.keys(spans) as Span[]).map((one) => ({
            value: one,
            label: t(`keys.overlaps.${one}`),
          }))}
          value={span}
          onChange={(v) => v && setSpan(v as Span)}
          allowDeselect={false}
          data-autofocus
        />
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel', { ns: 'app' })}
          </Button>
          <Button loading={busy} onClick={() => onRotate(spans[span])}>
            {t('keys.make')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
