import i18next from 'i18next'

/**
 * Loads the texts of a feature beside its code, in one wave:
 * `createRoute({...}).lazy(() => feature(['runs'], import('./page').then((m) => m.route)))`.
 */
export async function feature<T>(namespaces: string[], code: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([code, i18next.loadNamespaces(namespaces)])
  return loaded
}
