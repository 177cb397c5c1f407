import { Box, Button, Group, Text, ThemeIcon } from '@mantine/core'
import { IconBolt, IconPlus, IconSearch, IconTemplate } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'
import classes from './list.module.css'
import { Pieces } from './Sentence'

/** The list of a site that has no automation yet: what one is, and two ways to begin. */
export function Start({ site, editable }: { site: string; editable: boolean }) {
  const { t } = useTranslation('automations')
  // What stands between stars stands out.
  const example = t('empty.example')
    .split('*')
    .map((text, i) => ({ text, strong: i % 2 === 1 }))
  return (
    <Empty
      title={t('empty.title')}
      text={t('empty.text')}
      icon={
        <ThemeIcon size={56} radius="xl" variant="light">
          <IconBolt size={28} stroke={1.6} />
        </ThemeIcon>
      }
    >
      <Box className={classes.example} my="xs">
        <Text c="dimmed" size="sm">
          <Pieces of={example} />
        </Text>
      </Box>
      {editable && (
        <Group justify="center" gap="sm">
          <NewButton site={site} />
          <Button
            component={Link}
            to={`/s/${site}/templates` as string}
            variant="default"
            leftSection={<IconTemplate size={16} />}
          >
            {t('empty.templates')}
          </Button>
        </Group>
      )}
    </Empty>
  )
}

/** Leads to the builder. */
export function NewButton({ site }: { site: string }) {
  const { t } = useTranslation('automations')
  return (
    <Button component={Link} to={`/s/${site}/automations/new` as string} leftSection={<IconPlus size={16} />}>
      {t('new')}
    </Button>
  )
}

/** What a search says that finds nothing. */
export function NothingFound({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation('automations')
  return (
    <Empty
      title={t('nothingFound.title')}
      text={t('nothingFound.text')}
      icon={<IconSearch size={32} stroke={1.5} aria-hidden />}
    >
      <Button variant="default" onClick={onClear}>
        {t('nothingFound.clear')}
      </Button>
    </Empty>
  )
}
