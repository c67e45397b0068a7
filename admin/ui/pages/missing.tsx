import { Empty } from '../parts/blank.tsx'
import { ButtonLink } from '../parts/button.tsx'
import { Main } from '../parts/main.tsx'
import { to } from '../router.ts'
import { useWords } from '../words/index.ts'

export function MissingPage() {
  const { frame } = useWords()
  return (
    <Main title={frame.notFound}>
      <Empty top title={frame.notFound} actions={<ButtonLink href={to('/')}>{frame.notFoundGo}</ButtonLink>}>
        {frame.notFoundHelp}
      </Empty>
    </Main>
  )
}
