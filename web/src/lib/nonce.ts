/** The value by which the page's security policy knows our own style elements. */
export function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}

/** Lets libraries know it that make style elements by themselves: dialogs hold the page still by one. */
export function shareNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: nonce() })
}
