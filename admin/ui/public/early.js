// Runs before the first paint, so that neither theme nor language flashes. Storage may be shut: then the system decides.
;(function () {
  try {
    var theme = localStorage.getItem('doorman-theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch (_) {}
  var cookie = /(?:^|; )doorman-lang=([^;]+)/.exec(document.cookie)
  var wanted = cookie ? cookie[1] : navigator.language || 'en'
  document.documentElement.lang = /^zh/i.test(wanted) ? 'zh-CN' : 'en'
})()
