import { Button, Collapse } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Props = {
  /** What the button says, shut and open. */
  label: string
  /** Open from the start: something in there is in use. */
  open: boolean
  children: ReactNode
}

/** What most people need not see, behind a button that unfolds it. */
export function More({ label, open, children }: Props) {
  const [opened, { toggle }] = useDisclosure(open)
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        w="fit-content"
        aria-expanded={opened}
        rightSection={
          <IconChevronDown size={15} style={{ rotate: opened ? '180deg' : undefined }} aria-hidden />
        }
        onClick={toggle}
      >
        {label}
      </Button>
      <Collapse expanded={opened}>{children}</Collapse>
    </>
  )
}
