import type { ComponentChildren } from 'preact'
import { LanguageSwitch, ThemeMenu } from '../../frame/tools.tsx'
import { Logo } from '../../parts/icon.tsx'
import { useTitle } from '../../parts/main.tsx'
import { useWords } from '../../words/index.ts'
import { DoorArt } from './art.tsx'

/** The page of whoever is not signed in: a door on the left, one form on the right. */
export function Door(props: { title: string; ajar?: boolean; children: ComponentChildren }) {
  const { door: w } = useWords()
  useTitle(props.title)
  return (
    <div class="door">
      <DoorArt ajar={props.ajar} />
      <div class="in">
        <header>
          <Brand />
          <div class="tools">
            <LanguageSwitch />
            <ThemeMenu />
          </div>
        </header>
        <main id="main">{props.children}</main>
        <footer class="small two">
          <span>{location.host}</span>
          <span>{w.onRecord}</span>
        </footer>
      </div>
    </div>
  )
}

export function Brand() {
  return (
    <span class="brand">
      <Logo />
      <span>
        Doorman <i lang="zh-CN">迎宾</i>
      </span>
    </span>
  )
}
