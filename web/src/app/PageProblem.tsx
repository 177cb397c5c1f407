import { type ErrorComponentProps, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '@/lib/api/error'
import { Problem } from '@/ui/Problem'
import { askAgain, queryClient } from './query'

/**
 * What stands in place of a page that could not be shown. Without a
 * session it leads to the sign-in; while the server is away it asks again by itself.
 */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const navigate = useNavigate()
  const signedOut = error instanceof ApiError && error.status === 401
  useEffect(() => {
    if (signedOut) void navigate({ to: '/sign-in', search: { to: router.state.location.href } })
  }, [signedOut, navigate, router])
  useEffect(() => {
    if (!(error instanceof ApiError && error.temporary)) return
    const timer = setInterval(() => {
      void queryClient.refetchQueries({ predicate: (query) => query.state.status === 'error' }).then(reset)
    }, askAgain)
    return () => clearInterval(timer)
  }, [error, reset])
  if (signedOut) return null
  return (
    <Problem
      error={error instanceof Error ? error : new Error(String(error))}
      again={() => void router.invalidate()}
    />
  )
}
