export const sites = {
  title: 'Sites',
}
