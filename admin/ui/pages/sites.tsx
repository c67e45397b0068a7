import { Main, PageHead } from '../parts/main.tsx'
import { useWords } from '../words/index.ts'

export function SitesPage(_: { id?: string }) {
  const { sites: w } = useWords()
  return (
    <Main title={w.title}>
      <PageHead title={w.title} />
    </Main>
  )
}
