import { Group, Image, Text } from '@mantine/core'
import { useMaybeSession } from './session'

/** Whose console this is: the platform's on its portal, Belay's elsewhere. */
export function Brand() {
  const portal = useMaybeSession()?.portal
  const name = portal?.name || 'Belay'
  const logo = portal ? portal.logoUrl : '/assets/icon.svg'
  return (
    <Group gap={10} wrap="nowrap">
      {logo && <Image src={logo} alt="" h={28} w="auto" fit="contain" />}
      <Text fw={680} fz="lg" truncate>
        {name}
      </Text>
    </Group>
  )
}
