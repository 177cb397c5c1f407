import { Anchor } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type Props = Pick<LinkProps, 'to' | 'search' | 'params'> & { children: ReactNode }

/** The way to the list that a page is one of. It stands above the page's title. */
export function Back({ children, ...to }: Props) {
  return (
    <Anchor
      size="sm"
      display="inline-flex"
      style={{ alignItems: 'center', gap: 4 }}
      renderRoot={(props) => <Link {...to} {...props} />}
    >
      <IconArrowLeft size={15} aria-hidden />
      {children}
    </Anchor>
  )
}
