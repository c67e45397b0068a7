export const guest = {
  title: 'Guest',
}
