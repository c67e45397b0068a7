export const guests = {
  title: 'Guests',
}
