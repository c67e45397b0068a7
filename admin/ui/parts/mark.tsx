/** The brass diamond of a regular, with its word for whoever does not see it; without `label` only its room. */
export function Mark({ label }: { label?: string }) {
  return label ? (
    <span class="mark">
      <span class="vh">{label}</span>
    </span>
  ) : (
    <span class="mark no" />
  )
}
