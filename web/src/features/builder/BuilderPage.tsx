import { Box, Skeleton } from '@mantine/core'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { useSite } from '@/app/useSite'
import { Problem } from '@/ui/Problem'
import classes from './builder.module.css'
import { Editor } from './Editor'
import { useBuilder } from './useBuilder'

export const route = createLazyRoute('/signed/s/$site/automations/$id')({ component: BuilderPage })

function BuilderPage() {
  const { id } = useParams({ strict: false })
  const { site, api, place } = useSite()
  const { data, error, refetch } = useBuilder(site, api, id)
  if (data)
    return (
      <Editor
        key={id}
        site={site}
        api={api}
        place={place}
        answer={data}
        reload={async () => (await refetch()).data}
      />
    )
  if (error) return <Problem error={error} again={() => void refetch()} />
  return (
    <div className={classes.page} data-fills aria-hidden>
      <Box p="md">
        <Skeleton h={36} maw={420} />
      </Box>
      <div className={classes.waiting}>
        <Skeleton h={72} w={264} radius="lg" />
        <Skeleton h={72} w={264} radius="lg" />
        <Skeleton h={72} w={264} radius="lg" />
      </div>
    </div>
  )
}
