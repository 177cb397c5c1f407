import { Button, Fieldset, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldsOf } from '@/lib/schema/fields'
import type { JsonSchema } from '@/lib/schema/schema'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { added, mostOffers, newOffer, offersOf, parseOffers, writeOffers } from '../model/offers'
import { FilterRow } from './FilterRow'

type Props = {
  /** JSON, as it is typed; nothing for no filters. */
  value: string
  onChange: (value: string) => void
  /** What events look like; undefined while that cannot be read. */
  schema: JsonSchema | undefined
}

/** The filters that a trigger offers, as a form and as JSON, one document. */
export function FiltersEditor({ value, onChange, schema = {} }: Props) {
  const { t } = useTranslation('developer')
  const [asJSON, setAsJSON] = useState(false)
  const list = parseOffers(value)
  // A list as a whole is no value to compare; what lies in it is.
  const fields = fieldsOf(schema).filter((f) => f.kind !== 'array' && f.kind !== 'object')
  const offers = offersOf(list ?? [])
  const json = asJSON || !list
  return (
    <Fieldset legend={t('trigger.filters')}>
      <Stack gap="sm">
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={t('trigger.filters')}
            value={json ? 'json' : 'form'}
            onChange={(v) => setAsJSON(v === 'json')}
            disabled={!list}
            data={[
              { value: 'form', label: t('schema.asForm') },
              { value: 'json', label: t('schema.asJSON') },
            ]}
          />
        </Group>
        <Text size="xs" c="dimmed">
          {t('filters.help', { most: mostOffers })}
        </Text>
        {json ? (
          <JsonEditor
            label={t('trigger.filters')}
            value={value}
            onChange={onChange}
            minHeight="6rem"
            error={list ? undefined : t('filters.unreadable')}
          />
        ) : (
          <Stack gap="xs">
            {offers.map((offer, i) => (
              <FilterRow
                key={typeof list[i]?.id === 'string' ? list[i].id : i}
                offer={offer}
                list={list}
                fields={fields}
                schema={schema}
                onChange={(next) => onChange(writeOffers(next))}
              />
            ))}
            {list.length < mostOffers && (
              <div>
                <Button
                  size="xs"
                  variant="light"
                  leftSection={<IconPlus size={14} aria-hidden />}
                  onClick={() => {
                    const taken = offers.map((o) => o.field)
                    const free = fields.find((f) => !taken.includes(f.path))?.path ?? ''
                    const offer = newOffer(schema, free, () => crypto.randomUUID())
                    onChange(writeOffers(added(list, [], offer)))
                  }}
                >
                  {t('filters.add')}
                </Button>
              </div>
            )}
          </Stack>
        )}
      </Stack>
    </Fieldset>
  )
}
