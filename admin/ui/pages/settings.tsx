import type { ComponentChildren } from 'preact'
import type { Right } from '../../api/schemas/me.ts'
import { Main, PageHead } from '../parts/main.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { to } from '../router.ts'
import { useMe } from '../session.ts'
import { useWords } from '../words/index.ts'
import { MissingPage } from './missing.tsx'
import { ApiKeys } from './settings/api-keys.tsx'
import { Business } from './settings/business.tsx'
import { ConsentTexts } from './settings/consent-texts.tsx'
import { Languages } from './settings/languages.tsx'
import { Profile } from './settings/profile.tsx'
import { Staff } from './settings/staff.tsx'

type Name = 'profile' | 'business' | 'languages' | 'consent-texts' | 'staff' | 'api-keys'
const tabs: { name: Name; right?: Right; page: () => ComponentChildren }[] = [
  { name: 'profile', page: () => <Profile /> },
  { name: 'business', right: 'merchant.change', page: () => <Business /> },
  { name: 'languages', page: () => <Languages /> },
  { name: 'consent-texts', page: () => <ConsentTexts /> },
  { name: 'staff', right: 'staff.read', page: () => <Staff /> },
  { name: 'api-keys', right: 'keys.change', page: () => <ApiKeys /> },
]

export function SettingsPage({ tab = 'profile' }: { tab?: string | undefined }) {
  const { settings: w } = useWords()
  const { merchant, rights } = useMe()
  const shown = tabs.filter(({ right }) => !right || rights.includes(right))
  const current = shown.find(({ name }) => name === tab)
  if (!current) return <MissingPage />
  return (
    <Main title={`${w.tabs[current.name]}, ${w.title}`}>
      <PageHead title={w.title} about={merchant.name} />
      <Tabs
        label={w.title}
        tabs={shown.map(({ name }) => ({
          href: to(`/settings/${name}`),
          label: w.tabs[name],
          current: name === current.name,
        }))}
      />
      <div class="set">{current.page()}</div>
    </Main>
  )
}
