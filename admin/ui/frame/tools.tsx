import { locales, setLocale, useLocale } from '../locale.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu, MenuItem } from '../parts/menu.tsx'
import { type Theme, useTheme } from '../theme.ts'
import { useWords } from '../words/index.ts'

const own = { en: 'EN', 'zh-CN': '中文' }

/** Each language in its own name. */
export function LanguageSwitch() {
  const { frame } = useWords()
  const current = useLocale()
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons in a bar are no fieldset
    <div class="lang" role="group" aria-label={frame.language}>
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={locale === current}
          onClick={() => setLocale(locale)}
        >
          {own[locale]}
        </button>
      ))}
    </div>
  )
}

export function ThemeMenu() {
  const { frame } = useWords()
  const [theme, setTheme] = useTheme()
  const choices: Theme[] = ['light', 'dark', 'system']
  return (
    <Menu
      class="theme"
      button="icon"
      label={frame.theme}
      pop="narrow"
      summary={<Icon name={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'moon'} />}
    >
      {choices.map((choice) => (
        <MenuItem key={choice} pressed={choice === theme} onClick={() => setTheme(choice)}>
          {frame.themes[choice]}
          {choice === theme && <Icon name="check" />}
        </MenuItem>
      ))}
    </Menu>
  )
}
