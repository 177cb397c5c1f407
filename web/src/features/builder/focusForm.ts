/** Fields of a form that take the cursor, in its order. */
const fields =
  '[data-form] :is(input, textarea, select, [contenteditable="true"]):not([type="hidden"], [readonly], [disabled])'

/** How often a form is looked for, until its editors are loaded. */
const tries = 20

/**
 * Puts the cursor into a form once it is there: into its first field that is still empty
 * and has to be filled in, else into its first field, else onto the form itself.
 */
export function focusForm(form: () => HTMLElement | null, left = tries): void {
  setTimeout(() => {
    const found = [...(form()?.querySelectorAll<HTMLElement>(fields) ?? [])].filter((f) =>
      f.checkVisibility(),
    )
    const field = found.find(isMissing) ?? found.find((f) => !isUnchecked(f))
    if (field) field.focus()
    else if (left > 0) focusForm(form, left - 1)
    else form()?.focus()
  }, 50)
}

/** Whether a field that has to be filled in is empty. */
function isMissing(field: HTMLElement): boolean {
  if (field.isContentEditable)
    return field.ariaRequired === 'true' && field.querySelector('.cm-placeholder, br:only-child') !== null
  return field instanceof HTMLInputElement && field.required && field.value === ''
}

/** Tab leads to the checked one of some radios alone. */
function isUnchecked(field: HTMLElement): boolean {
  return field instanceof HTMLInputElement && field.type === 'radio' && !field.checked
}
