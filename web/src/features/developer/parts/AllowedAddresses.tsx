import { Alert, Code, Group, Stack, Text } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Problem } from '@/ui/Problem'
import { allowedAddressesQuery } from '../queries'

/** Where calls to the app may go: public addresses, and what the operator allows. */
export function AllowedAddresses() {
  const { t } = useTranslation('developer')
  const found = useQuery(allowedAddressesQuery)
  const ranges = found.data?.ranges ?? []
  return (
    <Alert icon={<IconShieldLock />} color="gray" title={t('settings.addresses')}>
      <Stack gap="xs">
        <Text size="sm">{t('settings.addressesText')}</Text>
        {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
        {found.isSuccess && (
          <Text size="sm">{ranges.length ? t('settings.addressesMore') : t('settings.addressesNone')}</Text>
        )}
        {ranges.length > 0 && (
          <Group gap="xs">
            {ranges.map((range) => (
              <Code key={range} dir="ltr">
                {range}
              </Code>
            ))}
          </Group>
        )}
      </Stack>
    </Alert>
  )
}
