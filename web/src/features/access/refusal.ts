import type { ApiError } from '@/lib/api/error'

/** What the server has against one field, undefined where it is nothing. */
export function against(error: ApiError | null, field: string): string | undefined {
  return error?.violations.find((v) => v.field === field)?.description
}
