import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { formatDate } from '@/lib/time'
import { readVersion } from '../model/version'

/** Says which program runs: "Belay 0.1.0", or when and of what it was built. */
export function useVersion(): (version: string) => string {
  const { t } = useTranslation('operator')
  const place = useHere()
  return (text) => {
    const version = readVersion(text)
    if ('release' in version) return t('version', { version: version.release })
    return t('build', { date: formatDate(version.built, place), commit: version.commit })
  }
}
