import { Alert, Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { Page } from '@/ui/Page'
import { grantKey } from '../grants'
import { useGrantName } from '../useGrantName'
import { PasswordForm } from './PasswordForm'
import { ProfileForm } from './ProfileForm'
import { Sessions } from './Sessions'

export const route = createLazyRoute('/signed/account')({ component: AccountPage })

function AccountPage() {
  const { t } = useTranslation('access')
  const { user, grants, hasPassword } = useSession()
  const name = useGrantName()
  if (!user) {
    return (
      <Page title={t('account.title')}>
        <Alert color="gray">{t('account.key')}</Alert>
      </Page>
    )
  }
  return (
    <Page title={t('account.title')} about={t('account.about')}>
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Paper withBorder p="lg" radius="lg">
            <Title order={2} fz="lg" mb="md">
              {t('account.profile')}
            </Title>
            <ProfileForm user={user} />
            <Text size="sm" fw={500} mt="lg" mb={6}>
              {t('account.grants')}
            </Text>
            <Group gap={6}>
              {grants.map((grant) => (
                <Badge key={grantKey(grant)} variant="light" tt="none" fw={500}>
                  {name(grant)}
                </Badge>
              ))}
              {grants.length === 0 && (
                <Text size="sm" c="dimmed">
                  {t('users.nothing')}
                </Text>
              )}
            </Group>
          </Paper>
          <Paper withBorder p="lg" radius="lg">
            <Title order={2} fz="lg" mb="md">
              {t('account.changePassword')}
            </Title>
            {hasPassword ? (
              <PasswordForm email={user.email} />
            ) : (
              <Text size="sm" c="dimmed">
                {t('account.byProvider')}
              </Text>
            )}
          </Paper>
        </SimpleGrid>
        <Sessions />
      </Stack>
    </Page>
  )
}
