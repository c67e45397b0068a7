export const trust = {
  title: 'Trust',
}
