import { Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepText } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import type { Port } from '@/features/flow/links'
import { usedPorts } from './model/edit'
import type { Edits } from './useEdits'

type Props = { automation: Automation; edits: Edits; describe: (id: string) => StepText }

/** Asks, where a step with several ways is to be removed, which of them stays. */
export function RemoveDialog({ automation, edits, describe }: Props) {
  const { t } = useTranslation('builder')
  const { t: flow } = useTranslation('flow')
  const id = edits.removing
  const [keep, setKeep] = useState<string>('')
  const ports = id === undefined ? [] : usedPorts(automation, id)
  const chosen = (keep || ports[0] || 'none') as Port | 'none'
  const paths = id === undefined ? undefined : automation.configuration.actions[id]?.splitInfo?.paths
  const nameOf = (port: Port) =>
    paths?.find((p) => `path:${p.id}` === port)?.name ?? flow(`ways.${port as 'true' | 'false'}`)
  return (
    <Modal
      opened={id !== undefined}
      onClose={edits.cancelRemove}
      title={t('removing.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
    >
      {id !== undefined && (
        <>
          <Text size="sm" mb="md">
            {t('removing.text', { step: describe(id).title })}
          </Text>
          <Radio.Group value={chosen} onChange={setKeep} aria-label={t('removing.title')}>
            <Stack gap="sm">
              {ports.map((port) => {
                const count = edits.lost(id, port).length
                return (
                  <Radio
                    key={port}
                    value={port}
                    label={t('removing.keep', { way: nameOf(port) })}
                    description={count > 0 ? t('removing.lost', { count }) : undefined}
                  />
                )
              })}
              <Radio value="none" label={t('removing.none')} />
            </Stack>
          </Radio.Group>
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={edits.cancelRemove}>
              {t('cancel')}
            </Button>
            <Button color="red" onClick={() => edits.removeKeeping(id, chosen)}>
              {t('remove')}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  )
}
