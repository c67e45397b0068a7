import type { ComponentChildren } from 'preact'
import type { Failure } from '../call.ts'
import { useWords } from '../words/index.ts'
import { Button } from './button.tsx'

/** An empty state: what will appear here and how to get it. */
export function Empty(props: {
  title: string
  children?: ComponentChildren
  actions?: ComponentChildren
  art?: boolean
  /** The page has no other heading. */
  top?: boolean
}) {
  return (
    <div class="blank">
      {props.art !== false && (
        <svg class="art" viewBox="0 0 72 96" aria-hidden="true">
          <path d="M12 95V36a24 24 0 0 1 48 0v59M2 95h68M18 95V37a18 18 0 0 1 36 0v58" />
          <circle cx="46" cy="62" r="2" fill="var(--brass)" stroke="none" />
        </svg>
      )}
      {props.top ? <h1>{props.title}</h1> : <h2>{props.title}</h2>}
      {props.children && <p class="read two">{props.children}</p>}
      {props.actions && <div class="do">{props.actions}</div>}
    </div>
  )
}

/** What happened, what was kept, what to do. */
export function ErrorBox({ failure, again }: { failure: Failure; again?: () => unknown }) {
  const { shared } = useWords()
  const { failed } = shared
  const [title, help] =
    failure.status === 0 && failure.code === 'network.unreachable'
      ? [failed.unreachable, failed.unreachableHelp]
      : failure.status === 403
        ? [failed.forbidden, failed.forbiddenHelp]
        : failure.status === 404
          ? [failed.missing, failed.missingHelp]
          : [failed.broken, failed.brokenHelp]
  return (
    <div class="blank" role="alert">
      <p class="light bad">{failure.message || title}</p>
      <h2 class="vh">{title}</h2>
      <p class="read two">{help}</p>
      {again && (
        <div class="do">
          <Button icon="reload" onClick={again}>
            {shared.again}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Over data that is kept: the last attempt to renew it failed. */
export function Stale({ failure, again }: { failure: Failure | undefined; again: () => unknown }) {
  const { shared } = useWords()
  if (!failure) return null
  return (
    <p class="stale" role="status">
      <span class="light warn">{shared.failed.unreachable}</span>
      <button type="button" class="link" onClick={again}>
        {shared.again}
      </button>
    </p>
  )
}
