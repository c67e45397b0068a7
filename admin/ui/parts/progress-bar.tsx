/** How far long work is. Without `value` it only says that it runs. */
export function ProgressBar({ label, value, max = 100 }: { label: string; value?: number; max?: number }) {
  const share = value === undefined ? 0 : Math.max(0, Math.min(1, value / max))
  return (
    <div
      class="meter"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
    >
      <i style={{ width: `${share * 100}%` }} />
    </div>
  )
}
