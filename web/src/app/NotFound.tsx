import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Empty order={1} title={t('notFound.title')}>
      <Button component={Link} to="/">
        {t('notFound.home')}
      </Button>
    </Empty>
  )
}
