import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'

/**
 * A native dialog: the page behind is inert, Escape closes it, focus goes back to where it was.
 * Draw it only while it is open. With `onSubmit` its inside is a form.
 */
export function Dialog(props: {
  title: ComponentChildren
  onClose: () => void
  onSubmit?: () => unknown
  wide?: boolean
  children: ComponentChildren
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  // Before the browser paints: a key pressed right after the one that opened it is typed into it.
  useLayoutEffect(() => {
    const before = document.activeElement
    const shown = dialog.current
    shown?.showModal()
    return () => {
      // As long as it is open the page behind takes no focus.
      shown?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  const inside = (
    <>
      <h2 id={heading}>{props.title}</h2>
      {props.children}
    </>
  )
  return (
    <dialog
      ref={dialog}
      class={props.wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
    >
      {props.onSubmit ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            props.onSubmit?.()
          }}
        >
          {inside}
        </form>
      ) : (
        inside
      )}
    </dialog>
  )
}
