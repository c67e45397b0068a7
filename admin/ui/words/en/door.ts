export const door = {
  title: 'Sign in',
}
