import { type ErrorComponentProps, useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '@/lib/api/error'
import { Problem } from '@/ui/Problem'

/** What stands in place of a page that could not be shown. Without a session it leads to the sign-in. */
export function PageProblem({ error }: ErrorComponentProps) {
  const router = useRouter()
  const navigate = useNavigate()
  const signedOut = error instanceof ApiError && error.status === 401
  useEffect(() => {
    if (signedOut) void navigate({ to: '/sign-in', search: { to: router.state.location.href } })
  }, [signedOut, navigate, router])
  if (signedOut) return null
  return (
    <Problem
      error={error instanceof Error ? error : new Error(String(error))}
      again={() => void router.invalidate()}
    />
  )
}
